# A parked file that went to the trash without the index knowing was removed for ever.
seed 8
devices laptop phone desk
+0 desk write \xff desk-1-of-seed-8
+0 phone write b/\xff phone-2-of-seed-8
+239 phone meanwhile rename swap \xff b/\xff
+0 laptop unreadable b
+0 desk mkdir Foo
+199 phone rm b
+0 all stumble
