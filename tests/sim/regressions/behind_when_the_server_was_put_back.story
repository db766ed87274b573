# A device that was behind when the server was put back took its own old version for a newer one.
seed 32
devices laptop phone
+0 phone write notes.txt phone-1-of-seed-32
+52 phone append notes.txt +2
+0 laptop hold notes.txt +3
+88 laptop write notes.txt laptop-5-of-seed-32
+0 phone mv notes.txt Foo
+0 server backs-up
+248 all wait
+0 server restored
