# Batches went on without what was being fetched, which came later.
seed 5630
devices laptop phone desk
+0 desk ln to-1 \xff
+0 desk write b desk-3-of-seed-5630
+302 desk write b desk-4-of-seed-5630
+0 desk mv b foo
+0 all suspend 2562
+0 network misbehaves
+249 desk write d desk-6-of-seed-5630
+305 all clock -94846
+73 phone crash-actor applier
