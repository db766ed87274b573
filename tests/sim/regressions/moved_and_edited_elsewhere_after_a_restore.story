# A move that a new index heard of agreed upon a content it had never seen.
seed 5911
devices laptop phone
+0 laptop write report.pdf laptop-25-of-seed-5911
+301 laptop write b laptop-26-of-seed-5911
+0 network misbehaves
+0 server backs-up
+362 laptop mv report.pdf b\x20(conflict\x20phone\x202023-11-14,\x2093c54e2b)
+0 phone write report.pdf phone-30-of-seed-5911
+0 server restored
+256 laptop rm b\x20(conflict\x20phone\x202023-11-14,\x2093c54e2b)
