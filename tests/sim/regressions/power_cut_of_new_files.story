# A power cut took what was uploaded but not on the disk yet, and it passed for deleted.
seed 3840
devices laptop phone
+0 phone save a/d/e phone-5-of-seed-3840
+0 laptop save a/d/e laptop-6-of-seed-3840
+632 laptop dies-after 19 killed 1030
+0 phone dies power-cut
