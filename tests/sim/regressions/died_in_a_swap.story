# An agent that died in the middle of a swap gave the parked file another name, everywhere.
seed 2875
devices laptop phone
+0 laptop write b/d laptop-4-of-seed-2875
+0 laptop mv b/d d
+0 laptop save b/d/notes.txt laptop-10-of-seed-2875
+58 phone dies-after 50 killed 1918
+0 laptop save b/d/x\x20y laptop-11-of-seed-2875
+0 laptop swap d b/d/notes.txt
+1300 laptop write b/d/x\x20y laptop-13-of-seed-2875
