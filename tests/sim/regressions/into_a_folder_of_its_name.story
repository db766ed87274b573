# A file moved into a new folder of its own name: both waited for each other.
seed 6198
devices laptop phone
disk coarse-times reused-inodes
+274 all wait
+0 laptop mkdir a
+371 all wait
+0 laptop mv a e
+286 all wait
+0 laptop write e/a laptop-1-of-seed-6198
+0 laptop disk-fails sync_file io 1
+316 all wait
+164 all wait
+131 all wait
+0 laptop save e/a laptop-2-of-seed-6198
+0 phone mkdir e/d
+21 all wait
+0 laptop rm e
+385 all wait
+281 all wait
+0 phone offline
+88 all wait
+191 all wait
+290 all wait
+628 all wait
