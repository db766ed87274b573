# What could not be removed from staging stayed there.
seed 2774
devices laptop phone
+0 phone write \xff phone-1-of-seed-2774
+295 all clock 78146
+0 laptop mv \xff notes.txt
+0 laptop write foo laptop-4-of-seed-2774
+0 all peace
+0 network misbehaves
+0 phone save foo phone-5-of-seed-2774
+210 phone write Foo phone-6-of-seed-2774
+138 laptop meanwhile rename append foo +7
+0 laptop disk-fails unlink full 3
+132 phone swap foo \xff
