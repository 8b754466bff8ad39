// Checks PDF files against PDF/UA-1 (ua1) or PDF/A-2a (2a) with veraPDF's own engine: java -cp … Vera ua1 file.pdf …
import java.io.*;
import java.util.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;

public class Vera {
  public static void main(String[] a) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    PDFAFlavour flavour = PDFAFlavour.fromString(a[0]);
    String profile = "/org/verapdf/pdfa/validation/" + (a[0].equals("ua1") ? "PDFUA-1.xml" : "PDFA-2A.xml");
    boolean good = true;
    for (int i = 1; i < a.length; i++) {
      try (PDFAParser p = Foundries.defaultInstance().createParser(new FileInputStream(a[i]), flavour)) {
        ValidationProfile rules = Profiles.profileFromXml(Vera.class.getResourceAsStream(profile));
        ValidationResult r = Foundries.defaultInstance().createValidator(rules, false).validate(p);
        System.out.println((r.isCompliant() ? "PASS " : "FAIL ") + a[0] + " rules=" + rules.getRules().size() + " assertions=" + r.getTotalAssertions());
        good &= r.isCompliant();
        for (TestAssertion t : r.getTestAssertions())
          if (t.getStatus() == TestAssertion.Status.FAILED) System.out.println("  " + t.getRuleId().getClause() + "-" + t.getRuleId().getTestNumber() + ": " + t.getMessage());
      }
    }
    System.exit(good ? 0 : 1);
  }
}
