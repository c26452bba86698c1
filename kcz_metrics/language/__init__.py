"""The small languages of a scheme: periods, filters, aggregates and formulas. Each has one table or grammar that the
reader, the compiler, the explaining sentence, the documents and the tests share."""
