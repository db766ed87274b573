# What waits for a file that keeps changing was tried without end.
seed 136
devices laptop phone
+0 phone save d phone-1-of-seed-136
+0 laptop write a laptop-2-of-seed-136
+0 laptop mv a foo
+4129 phone ln to-3 b
+0 phone append d +4
+0 phone mv d x\x20y
+173 laptop write a laptop-6-of-seed-136
+0 phone write x\x20y phone-7-of-seed-136
+262 phone write \xff phone-8-of-seed-136
+0 laptop swap x\x20y foo
+0 phone save x\x20y phone-9-of-seed-136
+366 all wait
+0 laptop save foo laptop-17-of-seed-136
