import Document
import Kubernetes
import Membership
import VerneMQ

/// The planner's memory as it is kept with a StatefulSet, in the annotation `membership`: its metadata is no part of what
/// pods are made of, and a set that is made anew begins without it.
enum MembershipRecord {
    /// The longest text that is written: annotations of an object have 256 KiB together (apimachinery,
    /// `TotalAnnotationSizeLimitB`).
    static let limit = 128 * 1024

    /// What the annotation of a set holds.
    ///
    /// - Returns: the memory, an empty one where there is none or where it belongs to another set; and what is wrong with
    ///   it, as a clause.
    static func read(_ set: JSONValue) -> (memory: MembershipMemory, fault: String?) {
        guard let text = ObjectView(set).annotation(Annotation.membership.name) else {
            return (MembershipMemory(), nil)
        }
        do {
            let json = try JSONValue(parsing: Array(text.utf8), limits: JSONLimits(depth: 8, bytes: limit))
            let memory = try MembershipMemory(json)
            return (memory.set == ObjectView(set).uid ? memory : MembershipMemory(), nil)
        } catch let error as MembershipMemoryError {
            return (MembershipMemory(), error.description)
        } catch {
            return (MembershipMemory(), "not a membership memory: \(error): remove it, waiting times begin anew")
        }
    }

    /// What is to be written of a memory, given what was written last; nil if that need not change.
    ///
    /// What is over is written down at once, because it must not count again; what has just begun only when it has lasted,
    /// because an operator that starts anew may well wait anew: so the restart of a broker writes nothing.
    static func worthWriting(
        _ memory: MembershipMemory,
        over written: MembershipMemory,
        now: Int64,
        settle: Int64
    ) -> MembershipMemory? {
        var next = memory
        next.since = memory.since.filter { key, since in written.since[key] == since || now - since >= settle }
        var old = written
        // An empty memory without an annotation says the same as none.
        if old == MembershipMemory() { old.set = next.set }
        return next == old ? nil : next
    }

    /// The change of a set that keeps a memory. It holds for this very object, and for `version` of it if one is named.
    ///
    /// - Returns: nil if the memory is too large to be kept.
    static func patch(_ memory: MembershipMemory, uid: String, version: String? = nil) -> JSONValue? {
        var blank = MembershipMemory()
        blank.set = memory.set
        var text: JSONValue = .null
        if memory != blank {
            let bytes = memory.json.serialized()
            guard bytes.count <= limit else { return nil }
            text = .string(String(decoding: bytes, as: UTF8.self))
        }
        var metadata: JSONObject = ["uid": .string(uid), "annotations": .object([Annotation.membership.name: text])]
        if let version { metadata["resourceVersion"] = .string(version) }
        return ["metadata": .object(metadata)]
    }
}
