# A power cut took a folder that its user had just made, and what the server held in it was deleted everywhere.
seed 3393
devices phone desk
+0 phone save d phone-3-of-seed-3393
+0 desk write a/report.pdf desk-9-of-seed-3393
+0 phone write a/b/notes.txt phone-11-of-seed-3393
+1180 phone mv a/b/notes.txt a/b/d
+0 phone dies-after 8 power-cut 649
+352 all wait
