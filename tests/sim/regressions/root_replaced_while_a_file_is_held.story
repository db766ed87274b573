# A root that was replaced kept files open for ever (in the fake: nothing open is unmounted).
seed 2456
devices laptop phone
+0 phone dies-after 11 power-cut 815
+0 phone write d phone-8-of-seed-2456
+0 phone write Foo phone-9-of-seed-2456
+5272 phone mv e Foo
+0 laptop write d laptop-12-of-seed-2456
+0 phone save e phone-21-of-seed-2456 14116
+0 phone swap d e
+344 phone swap Foo\x20(conflict\x20laptop\x202023-11-14,\x20dd4345c6) \xff
+0 laptop hold d\x20(conflict\x20phone\x202023-11-14,\x20b792b882) +27
+0 phone write d\x20(conflict\x20phone\x202023-11-14,\x20b792b882) phone-28-of-seed-2456
+293 all clock -86223
+0 laptop root-replaced
