# Recovery took what a failing disk did not show for not achieved, and it came back after its deletion.
seed 183
devices laptop phone
+0 phone mkdir foo
+0 all suspend 5619
+0 laptop dies-after 72 killed 1569
+0 phone mv foo report.pdf
+0 phone save e phone-7-of-seed-183
+0 server dies-after 24 power-cut 2694
+2299 laptop deaf yes
+0 phone ln to-10 report.pdf/\xff
+0 phone write d phone-14-of-seed-183
+2076 all suspend 4653
+0 phone rm report.pdf
+0 phone mv d b
+0 phone mkdir Foo
+0 all stumble
