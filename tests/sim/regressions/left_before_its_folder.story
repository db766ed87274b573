# What had left a folder before that was deleted lost its history and could not be created.
seed 9918
devices laptop phone
disk coarse-times reused-inodes
+0 phone ln to-1 report.pdf
+0 network misbehaves
+3337 all wait
+1226 all wait
+390 all wait
+0 laptop mkdir \xff
+95 all wait
+353 all wait
+1583 all wait
+0 laptop ln to-2 \xff/foo
+373 all wait
+0 phone write \xff/Foo phone-3-of-seed-9918xx
+205 all wait
+0 phone offline
+1800 all wait
+0 laptop chmod \xff/Foo 600
+75 all wait
+0 phone mkdir b
+0 laptop rm \xff/Foo
+229 all wait
+0 laptop disk-fails open_read io 1
+0 laptop ln to-4 notes.txt
+0 phone mv \xff/Foo Foo
+158 all wait
+0 phone write a phone-5-of-seed-9918xx
+0 phone save Foo phone-6-of-seed-9918xx
+40 all wait
+0 laptop mkdir Foo
+308 all wait
+0 phone rm \xff
+285 all wait
+0 phone write a phone-7-of-seed-9918
+0 phone swap a Foo
+105 all wait
+228 all wait
+0 phone online
