import ArgumentParser

/// The inputs that `-f` names: files, directories, standard input.
struct InputOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "A file, a directory, or - for standard input; may be given several times.",
            valueName: "file"
        )
    )
    var names: [String] = []

    @Argument(help: ArgumentHelp("More files, so that shell patterns can follow -f.", valueName: "file"))
    var moreNames: [String] = []

    @Flag(name: [.customShort("R"), .long], help: "Go down into directories of directories.")
    var recursive = false

    mutating func validate() throws {
        let all = names + moreNames
        guard !all.isEmpty else {
            throw ValidationError("nothing to read: name a file, a directory, or - for standard input after -f")
        }
        guard all.filter({ $0 == "-" }).count < 2 else {
            throw ValidationError("standard input can be read only once: name - only once")
        }
    }

    /// Everything that is to be read, read; and everything that could not be.
    func read(_ console: Console, extensions: Set<String>) -> (inputs: [Input], faults: [InputFault]) {
        var inputs: [Input] = []
        var faults: [InputFault] = []
        for name in names + moreNames {
            do throws(FileError) {
                guard name != "-" else {
                    inputs.append(Input(name: "standard input", bytes: try console.readInput()))
                    continue
                }
                for path in try paths(name, extensions) {
                    do throws(FileError) {
                        inputs.append(Input(name: path, bytes: try FileContents.read(path)))
                    } catch {
                        faults.append(InputFault(error, source: path))
                    }
                }
            } catch {
                faults.append(InputFault(error, source: name))
            }
        }
        return (inputs, faults)
    }

    /// A file as it is, a directory as the files in it whose names end as manifests' do, in order.
    private func paths(_ name: String, _ extensions: Set<String>) throws(FileError) -> [String] {
        guard FileContents.isDirectory(name) else { return [name] }
        var paths: [String] = []
        for entry in try FileContents.names(in: name) {
            let path = name.hasSuffix("/") ? name + entry : "\(name)/\(entry)"
            if FileContents.isDirectory(path) {
                if recursive { paths += try self.paths(path, extensions) }
            } else if extensions.contains(String(entry.split(separator: ".").last ?? "")) {
                paths.append(path)
            }
        }
        return paths
    }
}

/// One input as bytes.
struct Input: Sendable {
    var name: String
    var bytes: [UInt8]
}
