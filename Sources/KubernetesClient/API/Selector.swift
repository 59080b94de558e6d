/// Which objects of a resource are meant: label and field selectors in the API's own syntax.
public struct Selector: Sendable, Hashable {
    /// `app=mqtt,tier in (a,b)`; empty for all.
    public var labels: String
    /// `metadata.name=x`; empty for all.
    public var fields: String

    /// Selects by labels, fields or both.
    public init(labels: String = "", fields: String = "") {
        self.labels = labels
        self.fields = fields
    }

    /// All objects.
    public static let everything = Selector()

    /// The object of one name.
    public static func name(_ name: String) -> Selector {
        Selector(fields: "metadata.name=\(name)")
    }

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if !labels.isEmpty { query.append(("labelSelector", labels)) }
        if !fields.isEmpty { query.append(("fieldSelector", fields)) }
        return query
    }
}
