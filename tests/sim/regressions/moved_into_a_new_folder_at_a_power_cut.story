# A disk that loses a file between two folders: none does (the fake did).
seed 3276
devices phone
+0 all peace
+0 phone write \xff/a phone-11-of-seed-3276
+0 phone write d phone-13-of-seed-3276
+0 phone mv \xff/a Foo
+0 phone write b phone-15-of-seed-3276
+265 phone mv b \xff/notes.txt
+0 all peace
+0 phone mv Foo e
+279 all wait
+0 phone mkdir foo
+0 phone mv d foo/x\x20y
+0 phone dies power-cut
