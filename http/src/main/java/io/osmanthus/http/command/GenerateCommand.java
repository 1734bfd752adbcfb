package io.osmanthus.http.command;

import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the delivery of a synthetic city. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Writes the delivery of a synthetic city: the same arguments give the same bytes.")
final class GenerateCommand implements Callable<Integer> {
    @Option(names = "--persons", required = true, paramLabel = "N", description = "Enrolled persons, 1 to 100,000,000.")
    private long persons;

    @Option(
            names = "--organisations",
            required = true,
            paramLabel = "M",
            description = "Organisations, 0 to 20,000,000.")
    private long organisations;

    @Option(names = "--seed", required = true, paramLabel = "S", description = "Any whole number.")
    private long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "A directory that is empty or not there.")
    private Path out = Path.of("");

    @Option(names = "--as-of", paramLabel = "DATE", description = "Day of the delivery; default ${DEFAULT-VALUE}.")
    private LocalDate asOf = DEMONSTRATION_DAY;

    /** The day of the demonstration's city, fixed so that the same command gives the same bytes tomorrow. */
    static final LocalDate DEMONSTRATION_DAY = LocalDate.of(2026, 10, 15);

    @Override
    public Integer call() throws IOException {
        City city;
        try {
            city = new City(persons, organisations, seed, asOf);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
        city.generate(out, ConsoleProgress.onStderr());
        System.err.println("generate: " + persons + " persons, " + organisations + " organisations written to " + out);
        return 0;
    }
}
