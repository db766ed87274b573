# What a dead engine had asked for came into staging after it was looked through.
seed 4545
devices laptop phone
+0 all suspend 7117
+252 phone write Foo phone-6-of-seed-4545
+0 network misbehaves
+350 laptop save notes.txt laptop-10-of-seed-4545
+130 laptop mkdir foo/foo
+255 all wait
+0 phone crash-actor engine
+259 phone mkdir foo/report.pdf
