# After a rename that failed, the next step put a folder into the one that had not moved.
seed 4692
devices desk laptop phone
disk coarse-times reused-inodes
+0 phone write b phone-1-of-seed-4692
+0 laptop ln to-2 b
+267 all wait
+0 desk mv b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5) Foo
+0 laptop rm b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)
+0 laptop mkdir b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)
+0 laptop write b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside laptop-3-of-seed-4692xx
+11 all wait
+261 all wait
+0 desk write b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside desk-4-of-seed-4692
+0 phone mkdir d
+0 desk mv b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5) \xff
+16 all wait
+0 desk offline
+101 all wait
+0 desk rm \xff/inside
+0 desk mkdir \xff/inside
+0 desk write \xff/inside/inside desk-5-of-seed-4692xx
+0 desk chmod \xff/inside/inside 755
+11 all wait
+0 phone write b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside phone-6-of-seed-4692
+0 desk rm \xff
+109 all wait
+0 phone disk-fails rmdir io 1
+294 all wait
+0 laptop write b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside laptop-7-of-seed-4692
+0 desk mkdir a
+269 all wait
+0 laptop chmod b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside 755
+0 laptop save b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside laptop-8-of-seed-4692xx
+0 phone save b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside phone-9-of-seed-4692
+0 laptop mkdir d/d
+0 network misbehaves
+0 phone offline
+298 all wait
+0 laptop rm b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside
+0 phone ln to-10 b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/Foo
+0 phone online
+0 phone rm b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside
+0 phone mkdir b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside
+0 phone write b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside/inside phone-11-of-seed-4692
+0 phone ln to-12 d/\xff
+208 all wait
+0 phone rm b\x20(conflict\x20phone\x202023-11-14,\x20b4b3dda5)/inside/inside
+0 laptop mkdir Foo
+314 all wait
+0 phone mkdir d/b
+0 desk disk-fails exchange full 1
+41 all wait
+388 all wait
+0 desk mkdir a/b
