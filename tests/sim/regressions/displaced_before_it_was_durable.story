# A displaced edit was uploaded before it was durable, and a power cut undid it for all.
seed 1545
devices laptop phone
+0 laptop meanwhile exchange write @ laptop-2-of-seed-1545
+0 laptop save e laptop-4-of-seed-1545
+198 laptop append e +5
+0 laptop dies-after 10 power-cut 2205
+0 phone write e phone-13-of-seed-1545
+2676 server dies-after 6 power-cut 1368
+0 phone save e phone-17-of-seed-1545
+0 laptop dies-at make_folder 4 power-cut 2798
+5751 laptop mkdir a
