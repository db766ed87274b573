# An index that could not be opened for a moment was built anew, and what its user had moved came back.
seed 1058
devices laptop
+0 laptop write \xff laptop-12-of-seed-1058
+0 laptop mkdir x\x20y
+344 laptop append foo +16
+0 laptop mv \xff x\x20y/a
+0 laptop save x\x20y/a laptop-19-of-seed-1058
+0 laptop database-fails write io 3
+0 laptop dies-after 2 killed 1027
+2646 laptop append foo +20
