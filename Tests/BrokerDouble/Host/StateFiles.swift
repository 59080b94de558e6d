public import Foundation

/// The files of a broker's state, which carry the id of the state that the world has for them: whoever moves them moves it.
public enum StateFiles {
    private static let membership = "swc_meta/cluster_state"
    private static let messages = "msgstore/store"

    /// What a broker finds in its data directory.
    enum Found: Equatable {
        case nothing
        case state(Int)
        /// Membership and messages do not belong together: something was moved by halves.
        case halves
    }

    static func read(_ data: URL) -> Found {
        func id(_ file: String) -> Int? {
            (try? String(contentsOf: data.appendingPathComponent(file), encoding: .utf8)).flatMap { Int($0) }
        }
        switch (id(membership), id(messages)) {
        case (nil, nil): return .nothing
        case (let one, let other) where one == other: return one.map { .state($0) } ?? .nothing
        default: return .halves
        }
    }

    /// Puts the files of a state there.
    public static func write(_ disk: Int, to data: URL) throws {
        for file in [membership, messages] {
            let target = data.appendingPathComponent(file)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(String(disk).utf8).write(to: target)
        }
    }

    /// The ids of all states whose messages lie anywhere under a directory, moved aside or not.
    public static func all(under directory: URL) -> Set<Int> {
        var found: Set<Int> = []
        let walker = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        while let file = walker?.nextObject() as? URL {
            if file.lastPathComponent == "store",
                file.deletingLastPathComponent().lastPathComponent.hasPrefix("msgstore"),
                let id = (try? String(contentsOf: file, encoding: .utf8)).flatMap({ Int($0) })
            {
                found.insert(id)
            }
        }
        return found
    }
}
