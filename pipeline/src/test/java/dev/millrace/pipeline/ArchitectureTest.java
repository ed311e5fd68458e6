package dev.millrace.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The rules that the compiler cannot state. */
class ArchitectureTest {
  private static final JavaClasses MILLRACE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.millrace");

  private static void holds(ArchRule rule) {
    rule.check(MILLRACE);
  }

  @Test
  void servicesShouldNotKnowEachOther() {
    for (String service : new String[] {"producer", "augmenter", "trainer", "dashboard"}) {
      for (String other :
          new String[] {"producer", "augmenter", "trainer", "dashboard", "pipeline"}) {
        if (!service.equals(other)) {
          holds(
              noClasses()
                  .that()
                  .resideInAPackage("dev.millrace." + service + "..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage("dev.millrace." + other + ".."));
        }
      }
    }
  }

  @Test
  void imagingShouldKnowNeitherKafkaNorTensorFlow() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.millrace.imaging..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.kafka..", "org.tensorflow..", "dev.millrace.schemas.."));
  }

  @Test
  void networksShouldNotKnowKafka() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.millrace.trainer.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.millrace.schemas.."));
  }

  @Test
  void randomnessShouldComeFromTheSeedAlone() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.millrace.imaging..",
                "dev.millrace.augmenter..",
                "dev.millrace.trainer..",
                "dev.millrace.pipeline.demo..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, ThreadLocalRandom.class)
            .orShould()
            .callMethod(Math.class, "random"));
  }

  @Test
  void timeShouldComeFromTheClockThatIsGiven() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("dev.millrace.producer..", "dev.millrace.trainer..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC"));
  }

  @Test
  void onlyTheCommandLineShouldPrint() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.pipeline..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace"));
  }

  @Test
  void modulesPackagesShouldHaveNoCycles() {
    holds(slices().matching("dev.millrace.(*)..").should().beFreeOfCycles());
  }
}
