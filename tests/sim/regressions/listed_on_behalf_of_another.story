# A new folder that was listed on behalf of another was not watched.
seed 5229
devices laptop phone
disk coarse-times
+0 laptop ln to-1 a
+382 all wait
+0 laptop write b laptop-2-of-seed-5229xx
+388 all wait
+0 phone offline
+16 all wait
+0 laptop mv b notes.txt
+0 network misbehaves
+180 all wait
+0 laptop mv notes.txt report.pdf
+0 phone ln to-3 Foo
+360 all wait
+0 phone chmod b 755
+0 laptop write notes.txt laptop-4-of-seed-5229
+0 phone save b phone-5-of-seed-5229
+0 phone mkdir \xff
+0 phone online
+0 phone mkdir \xff/Foo
+0 phone disk-fails unlink full 1
+0 phone mv \xff/Foo foo
+0 phone offline
+242 all wait
+0 phone rm b
+0 phone mkdir b
+0 phone write b/inside phone-6-of-seed-5229
+0 phone mkdir foo/x\x20y
+218 all wait
+0 laptop chmod notes.txt 600
+49 all wait
+0 laptop rm report.pdf
+285 all wait
+0 phone online
+0 phone write foo/x\x20y/b phone-7-of-seed-5229
+3100 all wait
+0 laptop rm notes.txt
+0 laptop mkdir notes.txt
+0 laptop write notes.txt/inside laptop-8-of-seed-5229xx
+0 laptop rm b/inside
+0 laptop mkdir b/inside
+0 laptop write b/inside/inside laptop-9-of-seed-5229
+0 phone ln to-10 b/b
+0 phone ln to-11 b/Foo
+0 laptop chmod b/inside/inside 600
+0 laptop rm notes.txt/inside
+0 laptop mkdir notes.txt/inside
+0 laptop write notes.txt/inside/inside laptop-12-of-seed-5229xx
+0 phone save foo/x\x20y/b phone-13-of-seed-5229xx
+0 phone save b/inside phone-14-of-seed-5229
+375 all wait
+0 laptop rm foo
+76 all wait
+0 laptop rm notes.txt/inside/inside
+0 laptop mkdir notes.txt/inside/inside
+0 laptop write notes.txt/inside/inside/inside laptop-15-of-seed-5229
+0 network misbehaves
+87 all wait
+0 network misbehaves
+144 all wait
+0 laptop offline
+95 all wait
+0 phone mv b notes.txt/report.pdf
+0 laptop chmod notes.txt/inside/inside/inside 755
+222 all wait
