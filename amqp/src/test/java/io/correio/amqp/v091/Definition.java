package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A machine-readable definition of AMQP 0-9-1, read where Debian's package amqp-specs puts it.
 * Tests that need it are skipped where it is not installed.
 */
record Definition(List<Constant> constants, List<ClassOf> classes) {
  private static final Path FOLDER = Path.of("/usr/share/amqp/specs");

  record Constant(String name, int value, String level) {}

  record Field(String name, String type, boolean reserved) {}

  record MethodOf(
      String className,
      int classId,
      String name,
      int id,
      boolean content,
      List<Field> fields,
      List<String> responses) {}

  record ClassOf(String name, int id, List<Field> properties, List<MethodOf> methods) {}

  /** With RabbitMQ's additions to methods. */
  static Definition extended() {
    return read("0-9-1-rabbit/amqp0-9-1.stripped.extended.xml");
  }

  /** As published. */
  static Definition published() {
    return read("0-9-1/amqp0-9-1.stripped.xml");
  }

  /** The version before, which still has class access. */
  static Definition previous() {
    return read("0-9/amqp0-9.stripped.xml");
  }

  List<MethodOf> methods() {
    return classes.stream().flatMap(each -> each.methods().stream()).toList();
  }

  private static Definition read(String file) {
    Path path = FOLDER.resolve(file);
    assumeTrue(Files.exists(path), path + " is missing: install Debian's package amqp-specs");
    try {
      Element root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(path.toFile())
              .getDocumentElement();
      Map<String, String> domains = new HashMap<>();
      for (Element each : children(root, "domain")) {
        domains.put(each.getAttribute("name"), each.getAttribute("type"));
      }
      List<Constant> constants = new ArrayList<>();
      for (Element each : children(root, "constant")) {
        constants.add(
            new Constant(
                each.getAttribute("name"),
                Integer.parseInt(each.getAttribute("value")),
                each.getAttribute("class")));
      }
      List<ClassOf> classes = new ArrayList<>();
      for (Element each : children(root, "class")) {
        classes.add(classOf(each, domains));
      }
      assertThat(classes).isNotEmpty();
      return new Definition(constants, classes);
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError("cannot read " + path, e);
    }
  }

  private static ClassOf classOf(Element element, Map<String, String> domains) {
    String name = element.getAttribute("name");
    int id = Integer.parseInt(element.getAttribute("index"));
    List<MethodOf> methods = new ArrayList<>();
    for (Element method : children(element, "method")) {
      methods.add(
          new MethodOf(
              name,
              id,
              method.getAttribute("name"),
              Integer.parseInt(method.getAttribute("index")),
              method.getAttribute("content").equals("1"),
              fields(method, domains),
              children(method, "response").stream()
                  .map(response -> response.getAttribute("name"))
                  .toList()));
    }
    return new ClassOf(name, id, fields(element, domains), methods);
  }

  private static List<Field> fields(Element element, Map<String, String> domains) {
    List<Field> fields = new ArrayList<>();
    for (Element field : children(element, "field")) {
      String type = field.getAttribute("type");
      if (type.isEmpty()) {
        String domain = field.getAttribute("domain");
        type = domains.getOrDefault(domain, domain);
      }
      fields.add(
          new Field(field.getAttribute("name"), type, field.getAttribute("reserved").equals("1")));
    }
    return fields;
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node each = parent.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
