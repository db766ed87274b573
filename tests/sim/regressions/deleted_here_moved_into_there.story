# A folder deleted here and what was moved into it there waited for each other.
seed 4314
devices laptop phone
disk coarse-times reused-inodes
+2781 all wait
+89 all wait
+0 laptop ln to-1 e
+111 all wait
+135 all wait
+98 all wait
+84 all wait
+0 phone disk-fails list full 1
+61 all wait
+75 all wait
+320 all wait
+112 all wait
+0 phone write report.pdf phone-2-of-seed-4314
+147 all wait
+0 phone save report.pdf phone-3-of-seed-4314
+221 all wait
+0 phone mv report.pdf x\x20y
+0 phone ln to-4 notes.txt
+0 phone mkdir a
+0 laptop save report.pdf laptop-5-of-seed-4314
+0 network misbehaves
+0 phone chmod x\x20y 600
+0 laptop mkdir d
+1028 all wait
+18 all wait
+0 phone offline
+201 all wait
+0 laptop mv a d/x\x20y
+0 phone rm x\x20y
+3746 all wait
+0 phone disk-fails list full 1
+0 laptop mv d a
+0 phone rm d
+0 phone write a/d phone-6-of-seed-4314
+133 all wait
+0 laptop disk-fails lease full 1
+159 all wait
+0 phone mv a x\x20y
+377 all wait
