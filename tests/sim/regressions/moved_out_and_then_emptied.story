# What was deleted in a folder that moved out of a deleted one was not deleted.
seed 4003
devices laptop phone
+0 phone mkdir x\x20y/d/foo
+0 all stumble
+0 all peace
+0 laptop mv x\x20y/d b
+0 laptop rm b/foo
+0 laptop rm x\x20y
