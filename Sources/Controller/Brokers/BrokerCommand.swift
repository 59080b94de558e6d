/// A command for a broker's container.
struct BrokerCommand: Sendable, Hashable {
    /// The program and its arguments. They are seen by everyone who can list the container's processes or read the API
    /// server's audit log: no secrets.
    var arguments: [String]
    /// What the program reads to its end: the place for secrets. Nil for a closed input.
    var input: [UInt8]?
    /// How long it may take, the way there and back included. After that it may go on: nobody can end it from here.
    var timeout: Duration

    init(_ arguments: [String], input: [UInt8]? = nil, timeout: Duration = .seconds(30)) {
        self.arguments = arguments
        self.input = input
        self.timeout = timeout
    }

    /// A call of `vmq-admin`, which gives up by itself after a minute.
    static func admin(_ arguments: [String], timeout: Duration = .seconds(75)) -> BrokerCommand {
        BrokerCommand(["vmq-admin"] + arguments, timeout: timeout)
    }
}

/// How a command ended.
struct BrokerOutput: Sendable, Hashable {
    /// What it wrote to standard output.
    var output: String
    /// What it wrote to standard error.
    var error: String
    /// Its exit code. Of `vmq-admin` it proves nothing: read the output with `AdminReply`.
    var exitCode: Int

    init(output: String = "", error: String = "", exitCode: Int = 0) {
        self.output = output
        self.error = error
        self.exitCode = exitCode
    }
}
