# A folder that had become readable again was looked at minutes later.
seed 38
devices laptop desk
+0 laptop write a/notes.txt/notes.txt laptop-11-of-seed-38
+0 laptop unreadable a/notes.txt
+5934 desk write d desk-12-of-seed-38
