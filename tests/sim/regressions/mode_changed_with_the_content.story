# A change of mode between the plan and the content that carried it passed for the user's own.
seed 3270
devices phone desk
+0 phone write e phone-1-of-seed-3270
+71 phone append e +3
+0 phone mv e b
+0 desk disk-fails make_folder denied 2
+0 phone chmod b 755
+209 all wait
+0 phone chmod b 644
