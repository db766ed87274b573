# The index could not be asked how far it was, and what the one before it knew was forgotten.
seed 47
devices phone tablet
+0 phone save x\x20y/b phone-18-of-seed-47
+208 all wait
+0 server backs-up
+0 tablet disk-full yes
+0 tablet append x\x20y/b +22
+221 server restored
+0 phone database-fails open full 2
+3177 phone sync
+0 all stumble
