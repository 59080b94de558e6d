import Command

/// The executable: everything it does is in `Command`, so that it can be tested.
@main
struct Entry {
    static func main() {
        Program.main()
    }
}
