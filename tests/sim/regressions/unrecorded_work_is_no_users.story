# What was put in place before a batch could not be made durable (a file where a folder had been) passed for a user's and came back after it was deleted.
seed 13
devices laptop phone
+0 phone save b/Foo/foo phone-10-of-seed-13
+0 all peace
+0 phone rm b
+0 phone write b phone-15-of-seed-13
+230 phone chmod b 700
+0 phone rm b
