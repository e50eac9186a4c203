// As Node.js has it. Jest keeps a hundred frames of every error and maps each one to its source when somebody looks at the
// stack, as graphql-js does for each error that it makes.
Error.stackTraceLimit = 10;
