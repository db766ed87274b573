# A delete in the new history took an edit that only the lost one had.
seed 918
devices laptop phone
+0 laptop save e laptop-20-of-seed-918
+172 all wait
+0 phone rm e
+0 phone dies killed
+0 server backs-up
+0 laptop mv e x\x20y
+0 laptop write x\x20y laptop-26-of-seed-918
+156 server restored
