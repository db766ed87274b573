# What was put into a folder while it had another name for a moment was never looked for.
seed 3049
devices phone
+0 phone mkdir report.pdf
+205 phone mv report.pdf d
+0 phone write d/x\x20y/e phone-5-of-seed-3049
+0 phone mv d report.pdf
