# A file that became a folder, whose own event came before that of the folder above.
seed 8465
devices laptop phone
+184 all wait
+0 laptop mkdir d
+0 phone write notes.txt phone-1-of-seed-8465
+0 laptop write d/report.pdf laptop-2-of-seed-8465xx
+156 all wait
+0 phone swap notes.txt d/report.pdf
+302 all wait
+0 phone save notes.txt phone-3-of-seed-8465
+0 laptop rm d/report.pdf
+0 laptop mkdir d/report.pdf
+0 laptop write d/report.pdf/inside laptop-4-of-seed-8465xx
+16 all wait
+0 laptop rm notes.txt
+0 phone disk-fails close io 1
+0 laptop chmod d/report.pdf/inside 755
+0 laptop mkdir Foo
+2810 all wait
+0 network misbehaves
+0 network misbehaves
+0 laptop rm d/report.pdf
+0 laptop mv d e
+47 all wait
+0 phone rm d
+138 all wait
+0 phone disk-fails set_attributes io 1
+0 phone mv notes.txt Foo/foo
+0 laptop mv notes.txt e/d
+350 all wait
+0 laptop mkdir e/x\x20y
+0 phone offline
+0 phone ln to-5 e
+242 all wait
+3880 all wait
+0 phone disk-fails create_staged full 1
+0 phone write Foo/Foo phone-6-of-seed-8465xx
+0 network misbehaves
+0 phone save Foo/foo phone-7-of-seed-8465xx
+0 laptop mkdir report.pdf
+0 phone mkdir Foo/x\x20y
+0 laptop offline
+311 all wait
+0 phone mv Foo/Foo Foo/\xff
+0 phone chmod Foo/\xff 600
+0 phone chmod Foo/foo 600
+0 laptop rm Foo/foo
+262 all wait
+0 laptop write e/x\x20y/b laptop-8-of-seed-8465xx
