# What was written in the moment in which it was parked was never looked at, and never left.
seed 231
devices laptop phone desk tablet
+0 phone write notes.txt phone-1-of-seed-231
+0 desk write report.pdf desk-3-of-seed-231
+4061 tablet swap notes.txt report.pdf
+0 desk meanwhile rename write notes.txt desk-7-of-seed-231 102
+266 all wait
