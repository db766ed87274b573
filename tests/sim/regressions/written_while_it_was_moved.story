# Who wrote to a file in the moment in which the agent moved it was never heard.
seed 7359
devices laptop phone
+0 phone mkdir d/d
+0 phone write a phone-19-of-seed-7359
+2446 phone mkdir Foo
+0 laptop swap d a
+362 network misbehaves
+0 phone mv d report.pdf
+890 all wait
+0 network calm
+0 laptop meanwhile rename write report.pdf laptop-28-of-seed-7359
+0 laptop save e/\xff laptop-29-of-seed-7359
+156 phone mv report.pdf e/x\x20y
+266 server dies-after 22 killed 1361
