# A parked item whose intent was dropped passed for deleted.
seed 2632
devices desk laptop phone
disk reused-inodes
+277 all wait
+254 all wait
+0 laptop write Foo laptop-1-of-seed-2632
+0 phone disk-fails list io 1
+0 laptop save Foo laptop-2-of-seed-2632xx
+259 all wait
+0 desk rm Foo
+128 all wait
+0 laptop rm Foo
+0 laptop mkdir Foo
+0 laptop write Foo/inside laptop-3-of-seed-2632xx
+0 desk ln to-4 notes.txt
+355 all wait
+0 desk mv Foo/inside x\x20y
+62 all wait
+1616 all wait
+0 phone offline
+134 all wait
+0 laptop mv x\x20y Foo/b
+0 desk ln to-5 d
+112 all wait
+0 laptop rm Foo/b
+0 laptop mkdir Foo/b
+0 laptop write Foo/b/inside laptop-6-of-seed-2632
+0 phone mv x\x20y Foo/x\x20y
+179 all wait
+0 phone mv Foo/x\x20y Foo/notes.txt
+0 phone rm Foo/notes.txt
+0 phone online
+0 desk write Foo/b/d desk-7-of-seed-2632
+0 laptop ln to-8 Foo/Foo
+1876 all wait
+30 all wait
+0 network misbehaves
+0 desk write Foo/b/d desk-9-of-seed-2632
+0 phone chmod Foo/b/d 755
+0 phone rm Foo/b/inside
+0 phone mkdir Foo/b/inside
+0 phone write Foo/b/inside/inside phone-10-of-seed-2632xx
+0 desk rm Foo/b/inside
+0 desk mkdir Foo/b/inside
+0 desk write Foo/b/inside/inside desk-11-of-seed-2632xx
+0 laptop save Foo/b/d laptop-12-of-seed-2632
+0 desk rm Foo/b/d
+0 desk mkdir Foo/b/d
+0 desk write Foo/b/d/inside desk-13-of-seed-2632
+308 all wait
+0 phone save Foo/b/d phone-14-of-seed-2632
+0 laptop offline
+0 phone ln to-15 Foo/b/b
+40 all wait
+0 laptop swap Foo/b/d Foo/b/inside
+324 all wait
+0 desk ln to-16 report.pdf
+0 phone mkdir e
+97 all wait
+0 laptop mv Foo/b foo
+387 all wait
+0 network misbehaves
+94 all wait
+0 laptop mkdir x\x20y
+102 all wait
+2042 all wait
+37 all wait
+0 phone swap Foo/b/inside/inside Foo/b/inside/inside\x20(conflict\x20phone\x202023-11-14,\x20efe1f04e)
+0 phone rm Foo/b/inside/inside\x20(conflict\x20phone\x202023-11-14,\x20efe1f04e)
+0 phone rm Foo/b/inside/inside
+0 phone mkdir Foo/b/inside/inside
+0 phone write Foo/b/inside/inside/inside phone-17-of-seed-2632
