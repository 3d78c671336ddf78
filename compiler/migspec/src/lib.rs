//! A policy-checked compiler from a migration specification to AWS infrastructure and workflow
