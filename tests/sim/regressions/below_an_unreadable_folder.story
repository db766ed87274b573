# What happened below a folder while it was unreadable was never looked at.
seed 4396
devices laptop phone
+0 phone write e phone-4-of-seed-4396
+0 phone mkdir Foo/foo
+0 phone save d/x\x20y phone-12-of-seed-4396
+0 phone mv Foo/foo d/b
+0 phone swap e d
+475 phone unreadable e
+0 phone mv d a
+0 phone mv e d
+0 phone write d/b/Foo phone-23-of-seed-4396
+3305 phone write d/e phone-25-of-seed-4396
