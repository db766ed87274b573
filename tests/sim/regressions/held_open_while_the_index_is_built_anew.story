# What a program still wrote to after an index was built anew was not looked at.
seed 306
devices laptop phone
+0 phone write a phone-1-of-seed-306
+0 phone write x\x20y phone-2-of-seed-306
+0 all suspend 500
+391 laptop mkdir b
+0 phone dies power-cut
+0 phone write b phone-6-of-seed-306
+177 laptop write a laptop-7-of-seed-306
+0 all stumble
+0 all peace
+0 phone hold b\x20(conflict\x20phone\x202023-11-14,\x207ad3a647) +10
+0 laptop append b\x20(conflict\x20phone\x202023-11-14,\x207ad3a647) +11
+3327 all wait
+0 all clock 631
+0 server backs-up
+0 phone save a phone-15-of-seed-306
+392 phone save \xff phone-16-of-seed-306
+0 server restored
+0 phone write-held b\x20(conflict\x20phone\x202023-11-14,\x207ad3a647) +20
