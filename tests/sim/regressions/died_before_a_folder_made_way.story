# A folder that had not made way yet passed for the one that was to be made in its place.
seed 1457
devices laptop phone
+0 all suspend 5821
+2630 all clock 87854
+0 phone write e phone-6-of-seed-1457
+2819 phone mv e \xff
+0 phone mkdir x\x20y/report.pdf
+335 phone write \xff phone-7-of-seed-1457
+357 phone chmod \xff 700
+119 all clock 98639
+0 network misbehaves
+0 phone rm x\x20y
+1531 phone mv d notes.txt
+0 phone mkdir x\x20y
+0 laptop dies-after 37 killed 2352
+392 phone mv x\x20y/e report.pdf
