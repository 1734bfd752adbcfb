package io.osmanthus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The house's rooms: who may know whom, and behind which door each library stays. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.osmanthus");

    /** Library packages, and the rooms that own them. */
    private static final Map<String, String[]> OWNERS = Map.ofEntries(
            Map.entry("net.openhft..", new String[] {"io.osmanthus.engine.store..", "io.osmanthus.snapshots.trail.."}),
            Map.entry("org.roaringbitmap..", new String[] {"io.osmanthus.engine.store.."}),
            Map.entry("org.duckdb..", new String[] {
                "io.osmanthus.snapshots", "io.osmanthus.snapshots.intake..", "io.osmanthus.snapshots.trail.."
            }),
            Map.entry("java.sql..", new String[] {"io.osmanthus.snapshots.."}),
            Map.entry("org.postgresql..", new String[] {"io.osmanthus.snapshots.ledger.."}),
            Map.entry("com.zaxxer..", new String[] {"io.osmanthus.snapshots.ledger.."}),
            Map.entry("org.flywaydb..", new String[] {"io.osmanthus.snapshots.ledger.."}),
            Map.entry("org.apache.commons..", new String[] {"io.osmanthus.snapshots.ledger.."}),
            Map.entry("io.vertx..", new String[] {"io.osmanthus.http.."}),
            Map.entry("io.netty..", new String[] {"io.osmanthus.http.."}),
            Map.entry("picocli..", new String[] {"io.osmanthus.http.command.."}),
            Map.entry("me.tongfei..", new String[] {"io.osmanthus.http.command.."}),
            Map.entry("de.siegmar..", new String[] {"io.osmanthus.snapshots.intake.."}),
            // in http for the contract, which is no configuration
            Map.entry("org.snakeyaml..", new String[] {"io.osmanthus.snapshots.vocabulary..", "io.osmanthus.http"}),
            Map.entry("com.networknt..", new String[] {"io.osmanthus.http"}),
            Map.entry("org.jose4j..", new String[] {"io.osmanthus.http"}));

    @Test
    void modules_dependInOneDirection() {
        noClasses()
                .that()
                .resideInAPackage("io.osmanthus.snapshots..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.osmanthus.engine..", "io.osmanthus.http..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.osmanthus.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.osmanthus.http..")
                .check(CLASSES);
    }

    @Test
    void packages_areOnNoCycle() {
        slices().matching("io.osmanthus.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void libraries_stayBehindTheirRoom() {
        OWNERS.forEach((library, rooms) -> {
            ArchRule rule = noClasses()
                    .that()
                    .resideOutsideOfPackages(rooms)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(library)
                    .because(library + " belongs to " + String.join(", ", rooms));
            rule.check(CLASSES);
        });
    }

    @Test
    void rules_areWithoutClockAndFiles() {
        noClasses()
                .that()
                .haveFullyQualifiedName("io.osmanthus.engine.rules.Judge")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.io..")
                .check(CLASSES);
    }
}
