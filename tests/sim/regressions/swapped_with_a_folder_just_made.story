# The index took what was swapped with a new folder for that folder.
seed 6897
devices laptop phone desk
+0 phone save notes.txt phone-7-of-seed-6897
+0 laptop write Foo laptop-9-of-seed-6897
+227 phone meanwhile stat swap @ notes.txt
+0 desk mkdir a
+3352 laptop dies-at exchange 3 killed 2937
+0 phone swap a Foo
+383 desk mkdir Foo/\xff
