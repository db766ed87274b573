# A scan for another reason saw the first half of a move and called it a deletion.
seed 329
devices laptop phone desk
+0 all clock -81821
+0 laptop write Foo/d laptop-3-of-seed-329
+0 all clock -62013
+0 all peace
+0 phone rm Foo/d
+165 network calm
+0 laptop mv Foo b
+0 laptop write b/notes.txt laptop-5-of-seed-329
+0 all suspend 5596
+0 desk write x\x20y desk-10-of-seed-329
+145 server disk-fails read full 2
+0 laptop save b/notes.txt laptop-15-of-seed-329
+174 laptop database-fails read full 2
+0 desk mkdir Foo
+0 desk mv b/notes.txt Foo/notes.txt
+0 desk write Foo/notes.txt desk-19-of-seed-329
+2705 desk dies killed
+0 desk mv Foo/notes\x20(conflict\x20desk\x202023-11-13,\x201aac8775).txt x\x20y
+0 laptop mv Foo b/foo
