# One file of a swap and a save had no item, and nobody said so.
seed 1463
devices laptop
+0 laptop write d laptop-2-of-seed-1463
+0 laptop write foo laptop-3-of-seed-1463
+295 all wait
+0 laptop mv foo a
+0 laptop write foo laptop-8-of-seed-1463
+0 laptop swap foo d
