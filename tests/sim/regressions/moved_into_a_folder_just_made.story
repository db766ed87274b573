# What was moved into a folder that the agent had just made was never seen.
seed 940
devices phone desk
+0 phone save a/Foo phone-10-of-seed-940
+0 desk mkdir notes.txt
+28 desk ln to-11 notes.txt/a
+0 phone mkdir notes.txt/x\x20y
+12 phone write a/Foo phone-12-of-seed-940
+0 desk mv a/Foo notes.txt/x\x20y/a
+265 phone write report.pdf phone-17-of-seed-940
