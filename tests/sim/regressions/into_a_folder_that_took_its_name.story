# A file that moved into a new folder of its own former name waited for ever.
seed 6521
devices phone
+0 phone save e phone-19-of-seed-6521
+232 phone mkdir a
+0 phone mv e b
+0 phone mkdir e
+0 phone mv b a/a
+0 phone mv a e/e
